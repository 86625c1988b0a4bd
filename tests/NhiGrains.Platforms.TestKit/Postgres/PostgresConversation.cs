using System.Text;
using NhiGrains.Platforms.TestKit.Faults;

namespace NhiGrains.Platforms.TestKit.Postgres;

/// <summary>One connection through the proxy: a login, and then requests one after the other. Returning closes it.</summary>
/// <param name="note">Notes a request, and says what is to happen to it.</param>
internal sealed class PostgresConversation(Stream client, Stream server, Func<PassedRequest, Fault?> note)
{
    private static readonly string[] Reading = ["SELECT", "WITH", "SHOW"];

    public async Task RunAsync(CancellationToken cancellation)
    {
        if (!await LogInAsync(cancellation))
            return;
        while (await NextAsync(cancellation) is { } messages)
        {
            var statements = messages.Select(PostgresMessages.SqlOf).OfType<string>().ToArray();
            var reads = statements.All(sql => Reading.Any(word => sql.TrimStart().StartsWith(word, StringComparison.OrdinalIgnoreCase)));
            var fault = statements.Length == 0 ? null : note(new(reads ? "GET" : "POST", string.Join(";\n", statements)));
            if (!await AnswerAsync(messages, fault, cancellation))
                return;
        }
    }

    private async Task<bool> LogInAsync(CancellationToken cancellation)
    {
        while (await PostgresMessages.ReadFirstAsync(client, cancellation) is { } first)
        {
            var code = PostgresMessages.CodeOf(first);
            if (code is PostgresMessages.SslRequest or PostgresMessages.GssRequest)
            {
                await client.WriteAsync("N"u8.ToArray(), cancellation);
                continue;
            }

            await server.WriteAsync(first, cancellation);
            return code != PostgresMessages.CancelRequest && await AuthenticateAsync(cancellation);
        }

        return false;
    }

    private async Task<bool> AuthenticateAsync(CancellationToken cancellation)
    {
        while (await PostgresMessages.ReadAsync(server, cancellation) is { } said)
        {
            await client.WriteAsync(said, cancellation);
            if (said[0] == (byte)'Z')
                return true;
            // An 'R' asks the client for something unless it is the last (0) or only tells (12).
            if (said[0] != (byte)'R' || said[8] is 0 or 12)
                continue;
            if (await PostgresMessages.ReadAsync(client, cancellation) is not { } answered)
                return false;
            await server.WriteAsync(answered, cancellation);
        }

        return false;
    }

    /// <summary>All messages up to a Query or a Sync; null when the client left.</summary>
    private async Task<List<byte[]>?> NextAsync(CancellationToken cancellation)
    {
        var messages = new List<byte[]>();
        while (await PostgresMessages.ReadAsync(client, cancellation) is { } message)
        {
            messages.Add(message);
            if (message[0] is (byte)'Q' or (byte)'S')
                return messages;
            if (message[0] == (byte)'X')
                return null;
        }

        return null;
    }

    /// <returns>False when the connection ends with it.</returns>
    private async Task<bool> AnswerAsync(List<byte[]> messages, Fault? fault, CancellationToken cancellation)
    {
        switch (fault)
        {
            case Fault.DropBefore:
                return false;
            case Fault.Answer { Status: 429 }:
                await client.WriteAsync(PostgresMessages.Fatal("53300", "sorry, too many clients already"), cancellation);
                return false;
            case Fault.Answer { Status: >= 500 } broken:
                await client.WriteAsync(PostgresMessages.Fatal("57P03", broken.Body), cancellation);
                return false;
            case Fault.Answer { Status: 409 }:
                await SendAsync([PostgresMessages.Error("40P01", "deadlock detected"), PostgresMessages.Ready], cancellation);
                return true;
            case Fault.Delay delay:
                await Task.Delay(delay.For, cancellation);
                break;
        }

        await server.WriteAsync(messages.SelectMany(message => message).ToArray(), cancellation);
        var answer = await AnswerOfServerAsync(cancellation);
        switch (fault)
        {
            case Fault.DropAfter:
                return false;
            // What is a list and holds nothing is an answer without rows; anything else is garbage in place of one.
            case Fault.Answer { Body: "[]" or "{\"items\":[]}" }:
                await SendAsync(answer.Where(message => message[0] != (byte)'D'), cancellation);
                return true;
            case Fault.Answer garbage:
                await client.WriteAsync(Encoding.UTF8.GetBytes(garbage.Body), cancellation);
                return false;
            case Fault.CutBody or Fault.StallBody:
                var whole = answer.SelectMany(message => message).ToArray();
                await client.WriteAsync(whole.AsMemory(0, whole.Length / 2), cancellation);
                break;
            case null or Fault.Delay:
                await SendAsync(answer, cancellation);
                return true;
        }

        if (fault is Fault.StallBody or Fault.Silence)
            await UntilClientLeavesAsync(cancellation);
        return false;
    }

    private async Task<List<byte[]>> AnswerOfServerAsync(CancellationToken cancellation)
    {
        var answer = new List<byte[]>();
        while (await PostgresMessages.ReadAsync(server, cancellation) is { } message)
        {
            answer.Add(message);
            if (message[0] == (byte)'Z')
                break;
        }

        return answer;
    }

    private async Task SendAsync(IEnumerable<byte[]> messages, CancellationToken cancellation) =>
        await client.WriteAsync(messages.SelectMany(message => message).ToArray(), cancellation);

    private async Task UntilClientLeavesAsync(CancellationToken cancellation)
    {
        var ignored = new byte[256];
        while (await client.ReadAsync(ignored, cancellation) > 0)
        {
        }
    }
}
