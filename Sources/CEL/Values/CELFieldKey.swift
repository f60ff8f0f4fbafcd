/// The name of a field, ready to be looked for in any kind of map.
struct CELFieldKey: Sendable {
  let name: String
  let text: CELString
  let utf8: [UInt8]

  init(_ name: String) {
    self.name = name
    text = CELString(name)
    utf8 = Array(name.utf8)
  }
}
