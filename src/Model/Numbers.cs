using System.Text.Json;
using System.Text.Json.Serialization;

namespace Havm.Model;

/// <summary>A counter that only grows and is a type of its own in code, a number on the line.</summary>
public interface ICounter<TSelf> where TSelf : struct, ICounter<TSelf>
{
    long Value { get; }

    static abstract TSelf Of(long value);
}

/// <summary>An instance's seat number: the fencing token. A seat with a lower number may never run again.</summary>
[JsonConverter(typeof(CounterConverter<Generation>))]
public readonly record struct Generation(long Value) : ICounter<Generation>, IComparable<Generation>
{
    public static readonly Generation None = new(0);

    public Generation Next => new(Value + 1);

    public static Generation Of(long value) => new(value);

    public int CompareTo(Generation other) => Value.CompareTo(other.Value);

    public static bool operator <(Generation a, Generation b) => a.Value < b.Value;

    public static bool operator >(Generation a, Generation b) => a.Value > b.Value;

    public static bool operator <=(Generation a, Generation b) => a.Value <= b.Value;

    public static bool operator >=(Generation a, Generation b) => a.Value >= b.Value;

    public override string ToString() => Value.ToString();
}

/// <summary>A leader's term. Agents obey the highest they have seen and report it.</summary>
[JsonConverter(typeof(CounterConverter<Epoch>))]
public readonly record struct Epoch(long Value) : ICounter<Epoch>, IComparable<Epoch>
{
    public static readonly Epoch None = new(0);

    public Epoch Next => new(Value + 1);

    public static Epoch Of(long value) => new(value);

    public int CompareTo(Epoch other) => Value.CompareTo(other.Value);

    public static bool operator <(Epoch a, Epoch b) => a.Value < b.Value;

    public static bool operator >(Epoch a, Epoch b) => a.Value > b.Value;

    public static bool operator <=(Epoch a, Epoch b) => a.Value <= b.Value;

    public static bool operator >=(Epoch a, Epoch b) => a.Value >= b.Value;

    public override string ToString() => Value.ToString();
}

/// <summary>Writes an <see cref="ICounter{TSelf}"/> as a number.</summary>
public sealed class CounterConverter<T> : JsonConverter<T> where T : struct, ICounter<T>
{
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        T.Of(reader.GetInt64());

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
        writer.WriteNumberValue(value.Value);
}

/// <summary>A size in bytes; written with binary units (MiB, GiB).</summary>
[JsonConverter(typeof(CounterConverter<Bytes>))]
public readonly record struct Bytes(long Value) : ICounter<Bytes>, IComparable<Bytes>
{
    public const long Mebi = 1L << 20;

    public static readonly Bytes Zero = new(0);

    public static Bytes Of(long value) => new(value);

    public static Bytes MiB(long count) => new(count * Mebi);

    public static Bytes GiB(long count) => new(count << 30);

    public int CompareTo(Bytes other) => Value.CompareTo(other.Value);

    public static Bytes operator +(Bytes a, Bytes b) => new(checked(a.Value + b.Value));

    public static Bytes operator -(Bytes a, Bytes b) => new(checked(a.Value - b.Value));

    public static bool operator <(Bytes a, Bytes b) => a.Value < b.Value;

    public static bool operator >(Bytes a, Bytes b) => a.Value > b.Value;

    public static bool operator <=(Bytes a, Bytes b) => a.Value <= b.Value;

    public static bool operator >=(Bytes a, Bytes b) => a.Value >= b.Value;

    public override string ToString() =>
        Value != 0 && Value % (1L << 30) == 0 ? $"{Value >> 30} GiB"
        : Value % Mebi == 0 ? $"{Value / Mebi} MiB"
        : $"{Value} B";
}
