/// What an expression reads of one of its variables: `nodes.a`, `nodes['b']`, `has(nodes.c)`.
public struct CELReferences: Sendable, Hashable {
  /// One field of the variable.
  public struct Field: Sendable, Hashable {
    public let name: String
    /// Where it is read, at least once.
    public var places: [CELPlace]
    /// Whether every read of it allows for its absence: by `has()`, `.?name` or `[?'name']`.
    public var isOptional: Bool
  }

  /// The fields in the order of their first places.
  public internal(set) var fields: [Field] = []
  /// Where the variable is used in another way, so that the fields are not all known: with a
  /// computed key, or as a whole.
  public internal(set) var problems: [CELError] = []

  public var names: [String] { fields.map(\.name) }

  mutating func add(_ name: String, at place: CELPlace, isOptional: Bool) {
    if let index = fields.firstIndex(where: { CELString($0.name) == CELString(name) }) {
      fields[index].places.append(place)
      if !isOptional { fields[index].isOptional = false }
    } else {
      fields.append(Field(name: name, places: [place], isOptional: isOptional))
    }
  }

  mutating func merge(_ other: CELReferences) {
    for field in other.fields {
      for place in field.places { add(field.name, at: place, isOptional: field.isOptional) }
    }
    problems += other.problems
  }
}
