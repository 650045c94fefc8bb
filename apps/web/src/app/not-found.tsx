import { Frame } from '../ui/frame'

export default function NotFound() {
  return (
    <Frame>
      <section className="card narrow">
        <h1>There is nothing here</h1>
        <p>The address does not belong to a page of this platform.</p>
        <p>
          <a href="/">Go to your files</a>
        </p>
      </section>
    </Frame>
  )
}
