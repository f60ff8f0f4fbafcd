/// What a fallback node is given.
struct FallbackInput: Codable, Sendable {
  struct PrimaryError: Codable, Sendable {
    var kind: String
    var message: String
  }

  var error: PrimaryError
  var listing: FolderListing

  private enum CodingKeys: String, CodingKey {
    case error = "$primaryError"
    case listing = "$primaryInput"
  }
}
