import { expect } from 'chai'
import { unpack } from '../../src/plugin/handler.ts'
import { edns, records } from '../dns/messages.ts'
import { recordsAnswer, relayedAnswer } from '../support/answers.ts'

const address = ['a.test. 300 IN A 192.0.2.1']
const cookie = { code: 10, data: Buffer.from('cookie') }
const error = { code: 15, data: Buffer.from([0, 6, ...Buffer.from('bogus')]) }

describe('unpack', () => {
  it('gives an answer of records as it is', () => {
    const answer = recordsAnswer(address)
    expect(unpack(answer)).to.equal(answer)
  })

  it('takes the records out of a message, with the TTL that they have by now', () => {
    const answer = relayedAnswer('a.test. A', { answer: records(...address) }, { ttl: 7 })
    const { message, ttl, ...head } = answer
    const sections = { answer: records('a.test. 7 IN A 192.0.2.1'), authority: [], additional: [] }
    expect(unpack(answer)).to.deep.equal({ ...head, ...sections })
  })

  it('keeps that it is truncated', () => {
    expect(unpack(relayedAnswer('a.test. A', { tc: true })).isTruncated).to.equal(true)
    expect(unpack(relayedAnswer('a.test. A', { tc: true }, { isTruncated: false })).isTruncated).to.equal(false)
    expect(unpack(relayedAnswer('a.test. A', {}))).not.to.have.property('isTruncated')
  })

  for (const { title, said, own, options } of [
    { title: 'none', said: {}, own: undefined, options: undefined },
    { title: 'those of the message', said: { options: [cookie] }, own: undefined, options: [cookie] },
    { title: 'an error', said: { extendedError: { infoCode: 6, text: 'bogus' } }, own: undefined, options: [error] },
    {
      title: 'both',
      said: { extendedError: { infoCode: 6, text: 'bogus' }, options: [cookie] },
      own: undefined,
      options: [error, cookie],
    },
    {
      title: 'an error, and what a plugin has put in the place of the others',
      said: { extendedError: { infoCode: 6, text: 'bogus' }, options: [cookie] },
      own: [],
      options: [error],
    },
  ]) {
    it(`keeps the options: ${title}`, () => {
      const answer = relayedAnswer('a.test. A', { edns: edns(said) }, own && { options: own })
      expect(unpack(answer).options).to.deep.equal(options)
    })
  }
})
