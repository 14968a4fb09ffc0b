import { invalid } from './errors.ts';

/** How listings write keys: as they are, or encoded as a form's fields are (`EncodingType: 'url'`). */
export function listedKey(key: string, encoding: string | undefined): string {
  if (encoding === undefined) return key;
  if (encoding !== 'url') throw invalid('InvalidArgument', 'Invalid Encoding Method specified in Request');
  return encodeURIComponent(key).replaceAll('%20', '+').replaceAll('%2F', '/');
}
