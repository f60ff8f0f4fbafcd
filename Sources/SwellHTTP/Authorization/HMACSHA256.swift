import SwellModel

/// HMAC with SHA-256 (RFC 2104).
enum HMACSHA256 {
  static func code(of message: [UInt8], key: [UInt8]) -> [UInt8] {
    var block = key.count > SHA256.blockSize ? SHA256.digest(of: key) : key
    block += [UInt8](repeating: 0, count: SHA256.blockSize - block.count)
    let inner = SHA256.digest(of: block.map { $0 ^ 0x36 } + message)
    return SHA256.digest(of: block.map { $0 ^ 0x5C } + inner)
  }
}
