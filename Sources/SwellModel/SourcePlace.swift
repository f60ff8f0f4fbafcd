/// A place in a text that a person wrote.
public struct SourcePlace: Sendable, Hashable, Comparable {
  /// Counted from 1.
  public var line: Int
  /// In Unicode scalars, counted from 1.
  public var column: Int

  public init(line: Int, column: Int) {
    self.line = line
    self.column = column
  }

  public static func < (left: SourcePlace, right: SourcePlace) -> Bool {
    (left.line, left.column) < (right.line, right.column)
  }

  public static let start = SourcePlace(line: 1, column: 1)
}
