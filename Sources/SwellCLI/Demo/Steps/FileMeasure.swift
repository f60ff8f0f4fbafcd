import Foundation
import SwellModel

/// One file, as an item of the map measures it.
struct FileMeasure: Codable, Sendable, Hashable {
  var path: String
  var lines: Int
  /// The first digits of what tells its content.
  var sha256: String

  /// What the step is given.
  struct Input: Codable, Sendable {
    var folder: String
    var ledger: String
    var index: Int
    var file: FolderListing.File
  }

  init(_ input: Input) {
    path = input.file.path
    let place = URL(fileURLWithPath: input.folder).appendingPathComponent(path)
    let data = (try? Data(contentsOf: place, options: .alwaysMapped)) ?? Data()
    lines = data.withUnsafeBytes { bytes in bytes.count { $0 == 0x0A } }
    sha256 = String(SHA256.text(of: Array(data)).prefix(16))
  }
}
