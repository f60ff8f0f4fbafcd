/// Where the server of a case keeps its data.
enum ChaosDisk: Sendable, Hashable {
  case folder
  /// A file system in memory of so many mebibytes, which can be filled.
  case small(mebibytes: Int)
}
