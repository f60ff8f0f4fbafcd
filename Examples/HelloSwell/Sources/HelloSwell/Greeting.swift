/// What both handlers return.
struct Greeting: Codable, Sendable {
  var text: String
}
