import { Body } from '@react-email/body'
import { Button } from '@react-email/button'
import { Container } from '@react-email/container'
import { Head } from '@react-email/head'
import { Heading } from '@react-email/heading'
import { Html } from '@react-email/html'
import { Preview } from '@react-email/preview'
import { Text } from '@react-email/text'
import { createElement, type ReactElement } from 'react'

/** What every mail consists of. */
export type MailWords = {
  subject: string
  paragraphs: readonly string[]
  action?: { label: string; link: string }
  /** Said after the action: how long it is good for, what to do when it was not asked for. */
  closing: string
}

const FONT = { fontFamily: 'system-ui, sans-serif', color: '#1c2024' }
const BUTTON = {
  background: '#1c2024',
  color: '#ffffff',
  padding: '12px 20px',
  borderRadius: 6,
  fontSize: 16,
  textDecoration: 'none',
}

const paragraph = (text: string, key: string | number): ReactElement =>
  createElement(Text, { key, style: { fontSize: 16, lineHeight: '24px' } }, text)

/** One plain page for all mails: no images, nothing that is loaded, so that opening one tells nobody. */
export const mailPage = ({ subject, paragraphs, action, closing }: MailWords): ReactElement =>
  createElement(
    Html,
    { lang: 'en' },
    createElement(Head, null),
    createElement(Preview, null, paragraphs[0] ?? subject),
    createElement(
      Body,
      { style: { ...FONT, margin: 0, background: '#ffffff' } },
      createElement(
        Container,
        { style: { padding: 24, maxWidth: 560 } },
        createElement(Heading, { as: 'h1', style: { fontSize: 22 } }, subject),
        ...paragraphs.map(paragraph),
        action === undefined ? null : createElement(Button, { href: action.link, style: BUTTON }, action.label),
        paragraph(closing, 'closing'),
      ),
    ),
  )
