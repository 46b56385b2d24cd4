using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Havm.Tidy;

/// <summary>Every C# file of the repository, read and parsed once.</summary>
internal static class Sources
{
    public static readonly IReadOnlyList<Source> All = [.. Repository.Files(".cs").Select(file => new Source(file))];
}

/// <summary>One C# file.</summary>
internal sealed class Source(string file)
{
    private static readonly CSharpParseOptions Options = new(LanguageVersion.Latest);

    private readonly Lazy<SyntaxNode> _root = new(
        () => CSharpSyntaxTree.ParseText(Repository.Read(file), Options).GetRoot());

    public string File => file;

    public string[] Lines { get; } = Repository.Lines(file);

    public IEnumerable<(string File, string Name)> Types() =>
        _root.Value.DescendantNodes()
            .OfType<BaseTypeDeclarationSyntax>()
            .Select(type => (file, type.Identifier.Text));

    /// <summary>Functions and their lines from signature to end; comments before one do not count.</summary>
    public IEnumerable<(string Name, int Line, int Length)> Functions()
    {
        foreach (SyntaxNode node in _root.Value.DescendantNodes())
        {
            string? name = node switch
            {
                MethodDeclarationSyntax method => method.Identifier.Text,
                ConstructorDeclarationSyntax constructor => constructor.Identifier.Text,
                LocalFunctionStatementSyntax local => local.Identifier.Text,
                OperatorDeclarationSyntax => "operator",
                AccessorDeclarationSyntax accessor => accessor.Keyword.Text,
                _ => null,
            };
            if (name is not null)
            {
                FileLinePositionSpan span = node.GetLocation().GetLineSpan();
                yield return (
                    name, span.StartLinePosition.Line + 1, span.EndLinePosition.Line - span.StartLinePosition.Line + 1);
            }
        }
    }
}
