using Havm.Cli.Support;

namespace Havm.Cli.Tests.Support;

/// <summary>What is taken out of a text, and what stays readable.</summary>
public sealed class RedactorTests
{
    [Theory]
    [InlineData("log.txt", "login with password=s3cr3t-one, retry")]
    [InlineData("log.txt", "ipmitool -I lanplus -U admin -P s3cr3t-one power status")]
    [InlineData("log.txt", "tool --password s3cr3t-one go")]
    [InlineData("log.txt", "Authorization: Basic s3cr3t-one")]
    [InlineData("log.txt", "mount //nas/x user=a,password=s3cr3t-one,rw")]
    [InlineData("log.txt", "GET https://admin:s3cr3t-one@10.0.0.1/redfish")]
    [InlineData("log.txt", """{"message": "asked with {\"token\": \"s3cr3t-one\"}"}""")]
    [InlineData("log.txt", "DB_SECRET: 's3cr3t-one'")]
    [InlineData("log.txt", "-----BEGIN EC PRIVATE KEY-----\ns3cr3t-one\n-----END EC PRIVATE KEY-----\n")]
    [InlineData("log.txt", "s3cr3t-one\n-----END EC PRIVATE KEY-----\n")]
    [InlineData("log.txt", "-----BEGIN PRIVATE KEY-----\ns3cr3t-one")]
    [InlineData("a.json", """{"bmc": {"user": "admin", "passwd": "s3cr3t-one"}}""")]
    [InlineData("a.json", """{"apiTokens": ["s3cr3t-one"]}""")]
    [InlineData("a.json", """{"application": {"environment": {"ANY": "s3cr3t-one"}}}""")]
    [InlineData("a.jsonl", "{\"a\": 1}\n{\"credentials\": {\"x\": {\"y\": \"s3cr3t-one\"}}}\n")]
    [InlineData("a.json", """{ "privateKey": "s3cr3t-one", cut off""")]
    public void A_secret_is_taken_out(string name, string text)
    {
        var redactor = new Redactor();
        var part = new BundlePart(name, "", text);
        redactor.LearnFrom(part);

        string clean = redactor.Clean(part);

        Assert.DoesNotContain("s3cr3t-one", clean);
        Assert.Contains(Redactor.Mark, clean);
        Assert.True(redactor.Places > 0);
    }

    [Fact]
    public void What_is_secret_in_one_part_is_taken_out_of_all()
    {
        var redactor = new Redactor();
        var config = new BundlePart("a.json", "", """{"password": "long-secret-1"}""");
        var log = new BundlePart("b.log", "", "wrote long-secret-1 to the disk\n");
        redactor.LearnFrom(config);
        redactor.LearnFrom(log);

        Assert.Equal($"wrote {Redactor.Mark} to the disk\n", redactor.Clean(log));
        Assert.Equal($$"""{"password":"{{Redactor.Mark}}"}""" + "\n", redactor.Clean(config));
    }

    [Fact]
    public void What_a_program_in_a_guest_wrote_goes_and_takes_nothing_else_with_it()
    {
        var redactor = new Redactor();
        var report = new BundlePart("a.jsonl", "", """{"instance": "a", "log": "begins to listen\nuser 4711 came"}""");
        var other = new BundlePart("b.log", "", "the controller begins to listen\n");
        redactor.LearnFrom(report);
        redactor.LearnFrom(other);

        Assert.Equal($$"""{"instance":"a","log":"{{Redactor.Mark}}"}""" + "\n", redactor.Clean(report));
        Assert.Equal("the controller begins to listen\n", redactor.Clean(other));
    }

    [Theory]
    [InlineData("log.txt", "node n1 was last heard 5.2 s ago; https://10.0.0.1:443/redfish/v1\n")]
    [InlineData("log.txt", "credentialsFile: /etc/havm/bmc/n1\n")]
    [InlineData("a.json", "{\"credentialsFile\":\"/etc/havm/bmc/n1\",\"passes\":3}\n")]
    public void What_is_no_secret_stays(string name, string text)
    {
        var redactor = new Redactor();
        var part = new BundlePart(name, "", text);
        redactor.LearnFrom(part);

        Assert.Equal((text, 0), (redactor.Clean(part), redactor.Places));
    }

    [Fact]
    public void Of_a_log_that_is_cut_the_end_stays_and_a_bound_leaves_out_what_does_not_fit()
    {
        BundlePart[] gathered =
        [
            new("first.txt", "", "first\n"), new("large.txt", "", new string('x', 2000)), new("last.txt", "", "last\n"),
        ];

        var bundle = SupportBundle.Of(gathered, new Redactor(), new BundleLimits { Whole = 1000 });

        Assert.Equal(["first.txt", "last.txt"], bundle.Parts.Select(part => part.Name));
        Assert.Equal(["large.txt"], bundle.LeftOut.Select(part => part.Name));
    }
}
