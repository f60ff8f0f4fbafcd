/// Finds a part in a text of bytes, in time that grows with both together and not with their
/// product.
struct ByteSearch {
  let part: UnsafeBufferPointer<UInt8>
  /// For a long part: how much of its beginning is still right after a mismatch.
  private var borders: [Int] = []

  init(_ part: UnsafeBufferPointer<UInt8>) {
    self.part = part
    guard part.count > 8 else { return }
    borders = [Int](repeating: 0, count: part.count)
    var length = 0
    for at in 1..<part.count {
      while length > 0, part[at] != part[length] { length = borders[length - 1] }
      if part[at] == part[length] { length += 1 }
      borders[at] = length
    }
  }

  /// The offset of the first occurrence at or after another offset.
  func first(in text: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
    guard let head = part.first else { return start <= text.count ? start : nil }
    guard text.count - start >= part.count else { return nil }
    guard borders.isEmpty else { return long(in: text, from: start) }
    var at = start
    let last = text.count - part.count
    while at <= last {
      if text[at] == head {
        var length = 1
        while length < part.count, text[at + length] == part[length] { length += 1 }
        if length == part.count { return at }
      }
      at += 1
    }
    return nil
  }

  private func long(in text: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
    var length = 0
    for at in start..<text.count {
      while length > 0, text[at] != part[length] { length = borders[length - 1] }
      if text[at] == part[length] { length += 1 }
      if length == part.count { return at - length + 1 }
    }
    return nil
  }
}
