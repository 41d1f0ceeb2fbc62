import { describe, expect, it } from 'vitest';
import { isPrivateAddress } from './private-address.ts';

describe('an address', () => {
  it.each([
    ['loopback', '127.0.0.1', '127.255.255.254', '::1', '0:0:0:0:0:0:0:1'],
    ['unspecified', '0.0.0.0', '0.1.2.3', '::'],
    ['private', '10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1', 'fc00::1', 'fdff::1'],
    ['link-local', '169.254.169.254', 'fe80::1', 'fe80::1%eth0', 'febf::1'],
    [
      'shared, reserved or for documents',
      '100.64.0.1',
      '192.0.2.1',
      '198.19.0.1',
      '255.255.255.255',
      '2001:db8::1',
    ],
    ['multicast', '224.0.0.1', '239.1.1.1', 'ff02::1'],
    [
      'private in IPv6',
      '::ffff:127.0.0.1',
      '::ffff:a00:1',
      '64:ff9b::10.0.0.1',
      '2002:7f00:1::',
      '::127.0.0.1',
    ],
    ['no address', '', 'localhost', '127.1', '0x7f.0.0.1', '1.2.3.4.5'],
  ])('that is %s is refused', (_, ...addresses) => {
    expect(addresses.filter((address) => !isPrivateAddress(address))).toEqual([]);
  });

  it.each([
    [
      '1.1.1.1',
      '9.255.255.255',
      '11.0.0.0',
      '172.15.255.255',
      '172.32.0.0',
      '192.167.0.1',
      '223.255.255.255',
    ],
    ['2606:4700::1111', '2a00:1450:4001::1', '::ffff:8.8.8.8', '64:ff9b::8.8.8.8', '2002:808:808::1'],
  ])('of the internet is none of them', (...addresses) => {
    expect(addresses.filter(isPrivateAddress)).toEqual([]);
  });
});
