namespace Havm.Specs.Tests;

public sealed class GoldenErrorTests
{
    [Fact]
    public void A_very_bad_file_gets_every_error_at_once_in_the_order_of_its_lines()
    {
        var (objects, errors) = SpecParser.Parse(
            File.ReadAllText(Path.Combine(Golden.Repository(), "tests/Specs.Tests/Inputs/bad.yaml")), "bad.yaml");

        Golden.Matches("tests/Specs.Tests/Goldens/bad.txt", string.Concat(errors.Select(e => e + "\n")));
        Assert.Equal("Rack/r1", Assert.Single(objects).Key.ToString());
        Assert.All(errors, error => Assert.True(error.Line > 0 && error.Column > 0, error.ToString()));
        Assert.All(errors, error => Assert.NotEmpty(error.Reason));
        Assert.All(errors, error => Assert.NotEmpty(error.Remedy));
    }

    [Fact]
    public void The_reference_page_is_what_the_parser_obeys() =>
        Golden.Matches("docs/reference/specs.md", SpecReference.Markdown());
}
