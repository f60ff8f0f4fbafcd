import Foundation

/// A file that takes all the space that is left.
struct Ballast: Sendable {
  private let path: String

  init(beside folder: String) {
    path = folder + "/ballast"
  }

  /// Takes what is free now, to the last block.
  func fill() {
    let file = open(path, O_WRONLY | O_CREAT | O_APPEND, 0o644)
    guard file >= 0 else { return }
    defer { close(file) }
    for size in [1 << 20, 4096] {
      let block = [UInt8](repeating: 0x62, count: size)
      while write(file, block, size) == size {}
    }
  }

  func remove() {
    unlink(path)
  }
}
