extension JSONDocument {
  /// The index of the value of a key, the last one of those that are equal.
  @inline(__always)
  func find(_ key: UnsafeBufferPointer<UInt8>, in object: Int) -> Int? {
    var at = entries[object].detail
    guard at != 0 else { return nil }
    return bytes.withUnsafeBufferPointer { text in
      entries.withUnsafeBufferPointer { entries in
        while at != 0 {
          let entry = entries[at]
          let length = Int(entry.end &- entry.start)
          if entry.isMarked {
            // An escape makes one to four bytes of two to twelve.
            if key.count <= length, length <= 6 * key.count,
              withContent(of: entry, { CELString.isEqual($0, key) })
            {
              return at + 1
            }
          } else if length == key.count,
            CELString.isEqual(
              UnsafeBufferPointer(rebasing: text[Int(entry.start)..<Int(entry.end)]), key)
          {
            return at + 1
          }
          at = Int(entry.next)
        }
        return nil
      }
    }
  }

  /// The indices of the keys of an object in their order; of equal keys only the last.
  func keys(of object: Int) -> [Int] {
    let entry = entries[object]
    guard entry.detail != 0 else { return [] }
    var keys: [Int] = []
    keys.reserveCapacity(entries[entry.detail].detail + 1)
    var at = object + 1
    while at < entry.next {
      keys.append(at)
      at = end(of: at + 1)
    }
    guard entry.isMarked else { return keys }
    var seen = Set<CELString>()
    let kept = keys.reversed().filter {
      seen.insert(CELString(JSONReference(document: self, index: $0))).inserted
    }
    return kept.reversed()
  }

  /// A part of how many keys a search may look at, for the budget.
  @inline(__always)
  func searchCost(of object: Int) -> Int {
    let last = entries[object].detail
    return last == 0 ? 0 : entries[last].detail >> 4
  }

  func keyCount(of object: Int) -> Int {
    let entry = entries[object]
    guard entry.detail != 0 else { return 0 }
    return entry.isMarked ? keys(of: object).count : entries[entry.detail].detail + 1
  }

  /// The index of an element of an array, which must have it.
  @inline(__always)
  func element(_ number: Int, of array: Int) -> Int {
    let entry = entries[array]
    let first = array + 1
    // Nothing in it is nested: the entries are the elements.
    if Int(entry.next) == first + entry.detail { return first + number }
    var at = first
    for _ in 0..<number { at = end(of: at) }
    return at
  }
}
