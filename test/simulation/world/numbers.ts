import { validationError } from './errors.ts';

/** A decimal number as 0.digits × 10^exponent, with no zeros at either end of the digits; zero has no digits. */
interface Decimal {
  readonly negative: boolean;
  readonly digits: string;
  readonly exponent: number;
}

const PLAIN = /^(?:0|-?[1-9]\d{0,30})$/;
const NUMBER = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/;
const MOST_DIGITS = 38;

/** The text that DynamoDB gives back for a number: no exponent, no superfluous zero. */
export function canonicalNumber(text: string): string {
  return PLAIN.test(text) ? text : format(checked(parse(text)));
}

export function compareNumbers(a: string, b: string): number {
  if (a === b) return 0;
  const left = parse(a);
  const right = parse(b);
  if (sign(left) !== sign(right)) return sign(left) - sign(right);
  const larger = compareMagnitude(left, right);
  return left.negative ? -larger : larger;
}

export function addNumbers(a: string, b: string): string {
  const left = parse(a);
  const right = parse(b);
  const scale = Math.max(left.digits.length - left.exponent, right.digits.length - right.exponent, 0);
  const sum = scaled(left, scale) + scaled(right, scale);
  return format(checked(parse(`${sum}e-${scale}`)));
}

export function negateNumber(text: string): string {
  return text.startsWith('-') ? text.slice(1) : `-${text.replace(/^\+/, '')}`;
}

function parse(text: string): Decimal {
  const match = NUMBER.exec(text.trim());
  const [, sign = '', whole = '', fraction = '', power = '0'] = match ?? [];
  if (!match || (whole === '' && fraction === ''))
    throw validationError(`The parameter cannot be converted to a numeric value: ${text}`);
  const all = whole + fraction;
  const significant = all.replace(/^0+/, '');
  const digits = significant.replace(/0+$/, '');
  if (digits === '') return { negative: false, digits: '', exponent: 0 };
  return {
    negative: sign === '-',
    digits,
    exponent: whole.length - (all.length - significant.length) + Number(power),
  };
}

function checked(decimal: Decimal): Decimal {
  if (decimal.digits.length > MOST_DIGITS)
    throw validationError('Attempting to store more than 38 significant digits in a Number');
  if (decimal.exponent > 126)
    throw validationError(
      'Number overflow. Attempting to store a number with magnitude larger than supported range',
    );
  if (decimal.digits !== '' && decimal.exponent < -129)
    throw validationError(
      'Number underflow. Attempting to store a number with magnitude smaller than supported range',
    );
  return decimal;
}

function format({ negative, digits, exponent }: Decimal): string {
  if (digits === '') return '0';
  const body =
    exponent <= 0
      ? `0.${'0'.repeat(-exponent)}${digits}`
      : exponent >= digits.length
        ? digits.padEnd(exponent, '0')
        : `${digits.slice(0, exponent)}.${digits.slice(exponent)}`;
  return negative ? `-${body}` : body;
}

function sign({ negative, digits }: Decimal): number {
  if (digits === '') return 0;
  return negative ? -1 : 1;
}

function compareMagnitude(a: Decimal, b: Decimal): number {
  if (a.exponent !== b.exponent) return a.exponent < b.exponent ? -1 : 1;
  if (a.digits === b.digits) return 0;
  return a.digits < b.digits ? -1 : 1;
}

/** The number times 10^scale, which must be whole. */
function scaled({ negative, digits, exponent }: Decimal, scale: number): bigint {
  if (digits === '') return 0n;
  const whole = BigInt(digits) * 10n ** BigInt(exponent - digits.length + scale);
  return negative ? -whole : whole;
}
