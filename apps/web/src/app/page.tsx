import { FirstPage } from '../session/first-page'

export default function Page() {
  return <FirstPage />
}
