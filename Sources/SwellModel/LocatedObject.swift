/// A JSON object that knows where its keys and values were written.
public struct LocatedObject: Sendable {
  public struct Member: Sendable {
    public var key: String
    public var keyPlace: SourcePlace
    public var value: LocatedValue

    public init(key: String, keyPlace: SourcePlace, value: LocatedValue) {
      self.key = key
      self.keyPlace = keyPlace
      self.value = value
    }
  }

  public var members: [Member]
  public var place: SourcePlace

  public init(members: [Member], at place: SourcePlace) {
    self.members = members
    self.place = place
  }

  /// The member with the key; objects of definitions are small, so this looks at each.
  public func member(_ key: String) -> Member? {
    members.first { $0.key == key }
  }

  public subscript(key: String) -> LocatedValue? { member(key)?.value }
}
