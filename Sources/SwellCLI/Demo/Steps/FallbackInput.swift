/// What a fallback node is given.
struct FallbackInput: Codable, Sendable {
  struct PrimaryError: Codable, Sendable {
    struct Context: Codable, Sendable {
      var metadata: [String: String]?
    }

    var kind: String
    var message: String
    var context: Context?

    /// What the program said before it failed, else the message.
    var words: String {
      let said = context?.metadata?["stderr"] ?? message
      return said.split(separator: "\n").first.map(String.init) ?? message
    }
  }

  var error: PrimaryError
  var listing: FolderListing

  private enum CodingKeys: String, CodingKey {
    case error = "$primaryError"
    case listing = "$primaryInput"
  }
}
