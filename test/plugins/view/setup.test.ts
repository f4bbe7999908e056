import { testSetup, wrongCount } from '../../support/setup.ts'

describe('view: setup', () => {
  testSetup([
    { text: 'view a' },
    { text: 'view a {\n}' },
    { text: 'view "" {\nexpr true\n}' },
    { text: "view a {\nexpr name() == 'example.org.'\nexpr incidr(client_ip(), '10.0.0.0/24')\n}" },
    { text: 'view a {\nexpr 1\n}' },
    ...[
      'bufsize() > 512',
      "class() == 'IN'",
      "client_ip() == '::1'",
      'do()',
      'id() == 1',
      "name() endsWith 'org.'",
      'opcode() == 0',
      "port() == '53'",
      "proto() in ['udp', 'tcp']",
      "server_ip() == '::1'",
      "server_port() == '53'",
      'size() < 100',
      "type() == 'A'",
      "incidr(client_ip(), '::/0')",
      "metadata('a/b') == ''",
    ].map((expression) => ({ text: `view a {\nexpr ${expression}\n}` })),
    { text: 'view', error: wrongCount('view') },
    { text: 'view a b', error: wrongCount('b') },
    { text: 'view a {\nfoo bar\n}', line: 4, error: "unknown property 'foo'" },
    { text: 'view a\nview b', line: 4, error: 'this plugin can only be used once per Server Block' },
    { text: 'view a {\nexpr\n}', line: 4, error: 'unexpected token EOF' },
    {
      text: 'view a {\nexpr invalid expression\n}',
      line: 4,
      error: 'unexpected token Identifier("expression") (1:9)\n | invalid expression\n | ........^',
    },
    { text: 'view a {\nexpr "name() =="\n}', line: 4, error: 'unexpected token EOF (1:9)\n | name() ==\n | ........^' },
    { text: 'view a {\nexpr nosuch()\n}', line: 4, error: 'unknown name nosuch (1:1)\n | nosuch()\n | ^' },
    { text: 'view a {\nexpr group(1)\n}', line: 4, error: 'unknown name group (1:1)\n | group(1)\n | ^' },
    {
      text: 'view a {\nexpr name() == 5\n}',
      line: 4,
      error: 'invalid operation: == (mismatched types string and int) (1:8)\n | name() == 5\n | .......^',
    },
  ])
})
