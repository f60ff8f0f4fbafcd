/// A position in a text: lines and columns count from one, columns in Unicode scalars.
public struct CELPlace: Sendable, Hashable, Comparable, CustomStringConvertible {
  public static let start = CELPlace(line: 1, column: 1)

  private let packedLine: Int32
  private let packedColumn: Int32

  public init(line: Int, column: Int) {
    packedLine = Int32(clamping: line)
    packedColumn = Int32(clamping: column)
  }

  public var line: Int { Int(packedLine) }
  public var column: Int { Int(packedColumn) }

  public var description: String { "line \(line), column \(column)" }

  public static func < (left: CELPlace, right: CELPlace) -> Bool {
    (left.packedLine, left.packedColumn) < (right.packedLine, right.packedColumn)
  }

  /// The place of an offset in UTF-8 bytes, in a text that itself begins at `origin`.
  static func at(
    _ offset: Int, in bytes: UnsafeBufferPointer<UInt8>, origin: CELPlace = .start
  ) -> CELPlace {
    var line = origin.line
    var column = origin.column
    for byte in bytes.prefix(offset) {
      if byte == 0x0A {
        line += 1
        column = 1
      } else if byte & 0xC0 != 0x80 {
        column += 1
      }
    }
    return CELPlace(line: line, column: column)
  }
}
