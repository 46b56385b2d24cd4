namespace Havm.Cli.Output;

internal enum OutputFormat
{
    Table,

    /// <summary>As a table, with every column and nothing cut, whatever the terminal's width.</summary>
    Wide,
    Json,
    Yaml,

    /// <summary>What the table says, to be pasted into a report.</summary>
    Markdown,
}
