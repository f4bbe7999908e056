import { join, relative } from 'node:path'
import { bundle } from './bundle.ts'

const root = join(import.meta.dirname, '..')
const { file, octets, licenses } = await bundle(join(root, 'dist'))
console.log(`${relative(root, file)}  ${(octets / 1024).toFixed(0)} KiB`)
console.log(`${relative(root, licenses)}  licences of what is bundled`)
