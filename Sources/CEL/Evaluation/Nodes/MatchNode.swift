/// `text.matches(pattern)` with a pattern that is known when compiling.
final class MatchNode: Node {
  let text: any Node
  let regex: LinearRegex
  let place: CELPlace

  init(_ text: any Node, _ regex: LinearRegex, place: CELPlace) {
    self.text = text
    self.regex = regex
    self.place = place
  }

  func value(_ evaluation: inout Evaluation) throws(CELError) -> CELValue {
    let value = try text.value(&evaluation)
    guard case .string(let text) = value else {
      throw CELError(
        .noSuchOverload, "matches() needs a string, found \(value.type.article)", at: place)
    }
    return .bool(try regex.matches(text, &evaluation, at: place))
  }
}
