import { expect, test } from 'vitest'
import de from '@/locales/de'
import en from '@/locales/en'

function leaves(words: object, path = ''): Map<string, string> {
  const found = new Map<string, string>()
  for (const [key, value] of Object.entries(words)) {
    if (typeof value === 'string') found.set(`${path}${key}`, value)
    else for (const [below, text] of leaves(value as object, `${path}${key}.`)) found.set(below, text)
  }
  return found
}

const named = (text: string): string[] => [...new Set(text.match(/\{\w+\}/g))].sort()
const forms = (text: string): number => text.split(' | ').length

test('both languages say the same things', () => {
  expect([...leaves(de).keys()].sort()).toEqual([...leaves(en).keys()].sort())
})

test('both name the same values, in as many forms', () => {
  const german = leaves(de)
  for (const [key, text] of leaves(en)) {
    expect([key, named(german.get(key) ?? '')]).toEqual([key, named(text)])
    expect([key, forms(german.get(key) ?? '')]).toEqual([key, forms(text)])
  }
})

test('nothing is left empty', () => {
  for (const words of [en, de])
    for (const [key, text] of leaves(words)) expect([key, text.trim()]).not.toEqual([key, ''])
})
