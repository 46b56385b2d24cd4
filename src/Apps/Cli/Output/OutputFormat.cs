namespace Havm.Cli.Output;

internal enum OutputFormat
{
    Table,
    Json,
    Yaml,
}
