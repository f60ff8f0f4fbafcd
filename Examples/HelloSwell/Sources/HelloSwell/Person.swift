/// The input of a run.
struct Person: Codable, Sendable {
  var name: String
}
