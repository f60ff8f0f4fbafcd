#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// An open file or folder, closed when nobody has it any more.
struct Descriptor: ~Copyable {
  let number: CInt

  init(_ number: CInt) {
    self.number = number
  }

  deinit {
    close(number)
  }

  func status() -> stat? {
    var status = stat()
    return fstat(number, &status) == 0 ? status : nil
  }

  /// Returns once what was written is on the disk; false when that cannot be had.
  func sync() -> Bool {
    #if canImport(Darwin)
      // There fsync leaves it in the disk's own cache.
      if fcntl(number, F_FULLFSYNC) == 0 { return true }
    #endif
    return fsync(number) == 0
  }

  func write(_ bytes: [UInt8]) -> Bool {
    bytes.withUnsafeBytes { buffer in
      var written = 0
      while written < buffer.count {
        guard let base = buffer.baseAddress else { return false }
        #if canImport(Darwin)
          let count = Darwin.write(number, base + written, buffer.count - written)
        #elseif canImport(Musl)
          let count = Musl.write(number, base + written, buffer.count - written)
        #else
          let count = Glibc.write(number, base + written, buffer.count - written)
        #endif
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { return false }
        written += count
      }
      return true
    }
  }

  /// What it holds from here, at most `limit` bytes; nil when it cannot be read.
  func read(atMost limit: Int) -> [UInt8]? {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while bytes.count < limit {
      let wanted = min(chunk.count, limit - bytes.count)
      let count = chunk.withUnsafeMutableBytes { buffer in
        #if canImport(Darwin)
          Darwin.read(number, buffer.baseAddress, wanted)
        #elseif canImport(Musl)
          Musl.read(number, buffer.baseAddress, wanted)
        #else
          Glibc.read(number, buffer.baseAddress, wanted)
        #endif
      }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { return nil }
      if count == 0 { break }
      bytes.append(contentsOf: chunk[..<count])
    }
    return bytes
  }
}
