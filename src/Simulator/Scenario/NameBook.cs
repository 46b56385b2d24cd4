using Havm.Model;

namespace Havm.Simulator.Scenario;

/// <summary>
/// Between a scenario's names and the product's: a scenario may use dots and be longer. What is legal stays as it is;
/// the order of names is kept.
/// </summary>
public sealed class NameBook
{
    private readonly Dictionary<string, string> _inside = [];
    private readonly Dictionary<string, string> _outside = [];

    public NameBook(IEnumerable<string> names)
    {
        foreach (var name in names.Order(StringComparer.Ordinal))
        {
            var legal = NameRules.IsLegal(name) ? name : Legal(name);
            while (!_outside.TryAdd(legal, name))
            {
                legal = $"{legal[..Math.Min(legal.Length, NameRules.MaxLength - 2)]}-x";
            }

            _inside[name] = legal;
        }
    }

    /// <summary>The product's name.</summary>
    public string Of(string name) => _inside[name];

    /// <summary>The scenario's name.</summary>
    public string Back(string name) => _outside.GetValueOrDefault(name, name);

    private static string Legal(string name)
    {
        var cut = name.Replace('.', '-');
        return cut[..Math.Min(cut.Length, NameRules.MaxLength)].TrimEnd('-');
    }
}
