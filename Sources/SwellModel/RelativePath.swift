/// The path of a file below a folder that nothing leads out of: `reports/2027/orders.csv`.
public struct RelativePath: Sendable, Hashable, CustomStringConvertible {
  /// Why a text is not such a path.
  public struct Problem: Error, Sendable, Hashable {
    /// Whether it would lead out of the folder.
    public var leadsOut: Bool
    public var message: String
  }

  /// The names from the folder down to the file; none for the folder itself.
  public let components: [String]

  /// - Throws: when the path is absolute, goes up with `..`, or has a character that no name can have.
  public init(_ text: String) throws(Problem) {
    guard !text.isEmpty else {
      throw Problem(leadsOut: false, message: "the path is empty")
    }
    guard !text.utf8.contains(0) else {
      throw Problem(leadsOut: false, message: "the path has the character U+0000")
    }
    guard text.utf8.first != UInt8(ascii: "/") else {
      throw Problem(
        leadsOut: true,
        message: "the path '\(text.shortened)' is absolute; paths begin at the worker's --root")
    }
    var components: [String] = []
    for part in text.utf8.split(separator: UInt8(ascii: "/")) {
      let name = String(decoding: part, as: UTF8.self)
      guard name != ".." else {
        throw Problem(
          leadsOut: true,
          message: "the path '\(text.shortened)' goes up with '..'; nothing leads out of the "
            + "worker's --root")
      }
      guard name.utf8.count <= 255 else {
        throw Problem(
          leadsOut: false, message: "the name '\(name.shortened)' is longer than 255 bytes")
      }
      if name != "." { components.append(name) }
    }
    self.components = components
  }

  private init(components: [String]) {
    self.components = components
  }

  public var description: String {
    components.isEmpty ? "." : components.joined(separator: "/")
  }

  /// Whether it is the folder itself that it begins at.
  public var isRoot: Bool { components.isEmpty }

  /// The name of the file; empty for the folder itself.
  public var name: String { components.last ?? "" }

  public func appending(_ name: String) -> RelativePath {
    RelativePath(components: components + [name])
  }

  /// Its first names.
  public func prefix(_ count: Int) -> RelativePath {
    RelativePath(components: Array(components.prefix(count)))
  }
}
