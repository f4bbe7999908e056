import type { Report } from './report.ts'
export function writePage(_folder: string, _report: Report): void {}
