/// The order that jsonb keeps the keys of an object in: the shorter first, then byte by byte.
enum KeyOrder {
  static func precedes(_ left: some Collection<UInt8>, _ right: some Collection<UInt8>) -> Bool {
    let (a, b) = (left.count, right.count)
    return a == b ? left.lexicographicallyPrecedes(right) : a < b
  }

  /// The place of a key among some that are in order.
  static func place<Element>(
    of key: [UInt8], in elements: [Element], by path: (Element) -> [UInt8]
  ) -> Int? {
    var low = 0
    var high = elements.count
    while low < high {
      let middle = (low + high) / 2
      if precedes(path(elements[middle]), key) { low = middle + 1 } else { high = middle }
    }
    return low < elements.count && path(elements[low]) == key ? low : nil
  }
}
