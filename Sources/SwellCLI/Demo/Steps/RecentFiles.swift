/// The files that changed last, and why this is by their dates only.
struct RecentFiles: Codable, Sendable, Hashable {
  var because: String
  var files: [FolderListing.File]

  init(_ input: FallbackInput) {
    because = "\(input.error.kind): \(input.error.words)"
    files = Array(
      input.listing.files.sorted { ($1.modified, $0.path) < ($0.modified, $1.path) }.prefix(5))
  }
}
