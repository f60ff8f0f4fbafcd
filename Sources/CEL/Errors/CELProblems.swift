/// All that is wrong with a text, in the order of its places; never empty.
public struct CELProblems: Error, Sendable, Hashable, CustomStringConvertible {
  public var all: [CELError]

  init(_ all: [CELError]) { self.all = all }

  public var description: String { all.map(\.description).joined(separator: "\n") }
}
