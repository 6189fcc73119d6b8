// Selectors and topics of human-readable signatures, by ethers and viem, with the JSON ABI beside.
import { agree } from './agree.mjs';
import { ethers, viem } from './libraries.mjs';

const FUNCTIONS = [
  'transfer(address to, uint256 amount) returns (bool)',
  'transfer(address,uint256)',
  'approve(address spender, uint256 amount)',
  'transferFrom(address from, address to, uint256 amount)',
  'balanceOf(address owner) view returns (uint256)',
  'permit(address owner, address spender, uint256 value, uint256 deadline, uint8 v, bytes32 r, bytes32 s)',
  'setApprovalForAll(address operator, bool approved)',
  'safeTransferFrom(address from, address to, uint256 id)',
  'safeTransferFrom(address from, address to, uint256 id, bytes data)',
  'safeBatchTransferFrom(address from, address to, uint256[] ids, uint256[] amounts, bytes data)',
  'multicall(bytes[] data) payable returns (bytes[] results)',
  'exactInputSingle((address tokenIn, address tokenOut, uint24 fee, address recipient, uint256 amountIn, uint256 amountOutMinimum, uint160 sqrtPriceLimitX96) params) payable returns (uint256)',
  'swapExactTokensForTokens(uint256 amountIn, uint256 amountOutMin, address[] path, address to, uint256 deadline) returns (uint256[])',
  'execute(bytes commands, bytes[] inputs, uint256 deadline) payable',
  'aggregate3((address target, bool allowFailure, bytes callData)[] calls) payable returns ((bool success, bytes returnData)[])',
  'execTransaction(address to, uint256 value, bytes data, uint8 operation, uint256 safeTxGas, uint256 baseGas, uint256 gasPrice, address gasToken, address refundReceiver, bytes signatures) payable returns (bool)',
  'deposit() payable',
  'withdraw(uint256 wad)',
  'name() view returns (string)',
  'f(uint a, int b)',
  'f(uint[] a, int[2][] b)',
  'g((uint256 a, (bool b, bytes c)[2] d) e)',
  'h(int8[3][][2] x, bytes1 y)',
  'k(string, bytes, bytes32)',
  '_under_score1(address)',
  '$dollar(bool)',
  'handleOps((address sender, uint256 nonce, bytes initCode, bytes callData, bytes32 accountGasLimits, uint256 preVerificationGas, bytes32 gasFees, bytes paymasterAndData, bytes signature)[] ops, address beneficiary)',
  'pureOne(uint256) pure returns (uint256)',
  'ext(uint256 x) external view returns (uint256 y)',
  'stored(string memory s, bytes calldata b) public',
];
const EVENTS = [
  'Transfer(address indexed from, address indexed to, uint256 value)',
  'Approval(address indexed owner, address indexed spender, uint256 value)',
  'ApprovalForAll(address indexed owner, address indexed operator, bool approved)',
  'TransferSingle(address indexed operator, address indexed from, address indexed to, uint256 id, uint256 value)',
  'TransferBatch(address indexed operator, address indexed from, address indexed to, uint256[] ids, uint256[] values)',
  'Deposit(address indexed dst, uint256 wad)',
  'Withdrawal(address indexed src, uint256 wad)',
  'UserOperationEvent(bytes32 indexed userOpHash, address indexed sender, address indexed paymaster, uint256 nonce, bool success, uint256 actualGasCost, uint256 actualGasUsed)',
  'Swap(address indexed sender, address indexed recipient, int256 amount0, int256 amount1, uint160 sqrtPriceX96, uint128 liquidity, int24 tick)',
  'Paused()',
  'Named(string name, (uint8 a, bytes b)[] pairs)',
  'Indexed(string indexed text, uint indexed number)',
];
const ERRORS = [
  'Error(string)',
  'Panic(uint256)',
  'ERC20InsufficientBalance(address sender, uint256 balance, uint256 needed)',
  'ERC721NonexistentToken(uint256 tokenId)',
  'FailedOp(uint256 opIndex, string reason)',
  'Unauthorized()',
  'Nested((uint256 a, string b)[] list)',
  'AllowanceExpired(uint256 deadline)',
];

const forViem = (human) => viem.parseAbiItem(human);

function signature(kind, text) {
  const human = `${kind} ${text}`;
  const fragment = ethers.Fragment.from(human);
  const item = forViem(human);
  const canonical = agree(human, {
    ethers: fragment.format('sighash'),
    viem: kind === 'event' ? viem.toEventSignature(item) : viem.toFunctionSignature({ ...item, type: 'function' }),
  });
  const topic = agree(`${human} hash`, {
    ethers: ethers.id(canonical),
    viem: viem.keccak256(viem.stringToHex(canonical)),
  });
  const hash =
    kind === 'event'
      ? { topic: agree(human, { own: topic, ethers: fragment.topicHash, viem: viem.toEventSelector(item) }) }
      : {
          selector: agree(human, {
            own: topic.slice(0, 10),
            ethers: fragment.selector,
            viem: viem.toFunctionSelector({ ...item, type: 'function' }),
          }),
        };
  return { name: human, kind, human, canonical, ...hash, json: JSON.parse(fragment.format('json')) };
}

export function signatures() {
  return [
    ...FUNCTIONS.map((each) => signature('function', each)),
    ...EVENTS.map((each) => signature('event', each)),
    ...ERRORS.map((each) => signature('error', each)),
  ];
}
