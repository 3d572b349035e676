// The names by which the generated messages ask for a shape.

extension WireShape where Self == StringShape {
  static var string: Self { StringShape(maximumLength: .max) }
  static func string(maximumLength: Int) -> Self { StringShape(maximumLength: maximumLength) }
}

extension WireShape where Self == DateTimeShape {
  static var dateTime: Self { DateTimeShape() }
}

extension WireShape where Self == IntegerShape {
  static var integer: Self { IntegerShape(range: .min ... .max) }
  static func integer(minimum: Int64 = .min, maximum: Int64 = .max) -> Self {
    IntegerShape(range: minimum...maximum)
  }
}

extension WireShape where Self == DecimalShape {
  static func decimal(
    scale: Int? = nil, minimum: Int64 = .min, maximum: Int64 = .max
  ) -> Self {
    DecimalShape(scale: scale, range: minimum...maximum)
  }
}

extension WireShape where Self == BooleanShape {
  static var boolean: Self { BooleanShape() }
}

extension WireShape where Self == AnythingShape {
  static var anything: Self { AnythingShape() }
}

extension WireShape {
  static func enumeration<Value>(_: Value.Type) -> Self where Self == EnumerationShape<Value> {
    EnumerationShape()
  }

  static func object<Value>(_: Value.Type) -> Self where Self == ObjectShape<Value> {
    ObjectShape()
  }

  static func array<Element>(
    of element: Element, minimum: Int = 0, maximum: Int = .max
  ) -> Self where Self == ArrayShape<Element> {
    ArrayShape(element: element, count: minimum...maximum)
  }
}
