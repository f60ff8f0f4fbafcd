import Foundation

/// Files of the same content.
struct DuplicateFiles: Codable, Sendable, Hashable {
  struct Group: Codable, Sendable, Hashable {
    var size: Int
    var hash: String
    var paths: [String]
    /// What all but one of them take.
    var wasted: Int { size * (paths.count - 1) }
  }

  var groups: Int
  var wasted: Int
  /// Those that waste the most.
  var worst: [Group]

  init(_ listing: FolderListing) {
    var found: [Group] = []
    var budget = 256 << 20
    for (size, files) in Dictionary(grouping: listing.files, by: \.size)
    where size > 0 && files.count > 1 {
      var byHash: [UInt64: [(path: String, data: Data)]] = [:]
      for file in files.sorted(by: { $0.path < $1.path }) {
        budget -= size
        guard budget > 0, let data = listing.content(of: file) else { continue }
        byHash[Self.hash(data), default: []].append((path: file.path, data: data))
      }
      for (hash, same) in byHash where same.count > 1 {
        // The hash finds them, the bytes decide.
        let paths = same.filter { $0.data == same[0].data }.map(\.path)
        guard paths.count > 1 else { continue }
        found.append(Group(size: size, hash: String(hash, radix: 16), paths: paths))
      }
    }
    groups = found.count
    wasted = found.reduce(0) { $0 + $1.wasted }
    worst = found.sorted { ($1.wasted, $0.paths[0]) < ($0.wasted, $1.paths[0]) }.prefix(5).map {
      Group(size: $0.size, hash: $0.hash, paths: Array($0.paths.prefix(5)))
    }
  }

  /// FNV-1a.
  private static func hash(_ data: Data) -> UInt64 {
    data.withUnsafeBytes { bytes in
      bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }
  }
}
