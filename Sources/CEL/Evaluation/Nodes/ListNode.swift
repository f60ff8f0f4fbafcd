/// `[a, ?b]`.
final class ListNode: Node {
  let elements: [any Node]
  let optionals: [Bool]
  let places: [CELPlace]
  let place: CELPlace

  init(_ elements: [any Node], optionals: [Bool], places: [CELPlace], place: CELPlace) {
    self.elements = elements
    self.optionals = optionals
    self.places = places
    self.place = place
  }

  func value(_ evaluation: inout Evaluation) throws(CELError) -> CELValue {
    var values: [CELValue] = []
    values.reserveCapacity(elements.count)
    for index in elements.indices {
      let value = try elements[index].value(&evaluation)
      guard optionals[index] else {
        values.append(value)
        continue
      }
      guard case .optional(let content) = value else {
        throw CELError.notOptional(value, at: places[index])
      }
      if let content { values.append(content) }
    }
    do throws(CELError) {
      return try evaluation.list(values)
    } catch {
      throw error.placed(place)
    }
  }
}
