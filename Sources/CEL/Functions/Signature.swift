/// What a function takes and gives.
struct Signature: Sendable {
  let parameters: [CELType]
  let result: CELType

  init(_ parameters: [CELType], _ result: CELType) {
    self.parameters = parameters
    self.result = result
  }

  func shown(_ name: String, isMember: Bool) -> String {
    Self.shown(name, isMember: isMember, parameters)
  }

  /// Such as `string.indexOf(string, int)`.
  static func shown(_ name: String, isMember: Bool, _ types: [CELType]) -> String {
    let list = (isMember ? types.dropFirst() : types[...]).map(\.description)
    let call = "\(name)(\(list.joined(separator: ", ")))"
    return isMember ? "\(types.first ?? .dyn).\(call)" : call
  }
}
