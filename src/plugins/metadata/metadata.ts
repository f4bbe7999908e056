import type { Handler } from '../../plugin/handler.ts'

/** A link that passes everything on: what is said of a query is worked out where somebody asks for it (plugin/offers.ts). */
export const metadata: Handler = {
  name: 'metadata',
  serve: (query, next) => next(query),
}
