/// One migration: how to go up, and how to come back.
public struct Migration: Sendable, Hashable {
  public var number: Int
  public var name: String
  public var up: String
  public var down: String

  public init(number: Int, name: String, up: String, down: String) {
    self.number = number
    self.name = name
    self.up = up
    self.down = down
  }

  /// The file name without its ending: `0001_tables`.
  public var id: String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, 4 - digits.count)) + digits + "_" + name
  }
}
