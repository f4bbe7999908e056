import { openBatchedWith } from '../../../src/transport/udp/batched.ts'
import { loadLibc } from '../../../src/transport/udp/libc.ts'
import { udpSocketContract } from '../../contract/udp-socket.ts'

const libc = await loadLibc()
udpSocketContract('recvmmsg and sendmmsg', openBatchedWith(libc))
