"""Price files as vendors write them, the same three days in each; by what they are taken for."""

# Three days of one share at 170, 173 and 175 dollars, nothing paid; each line as its vendor has it.
PLAIN = {
    "Yahoo, with dividends and splits": """
Date,Open,High,Low,Close,Adj Close,Volume,Dividends,Stock Splits
2023-12-15,171,172.5,169,170,170,1000,0,0
2023-12-18,170.5,174,170,173,173,2000,0,0
2023-12-19,173,176,172,175,175,3000,0,0""",
    "Yahoo-shaped, with Adj Close": """
Date,Open,High,Low,Close,Adj Close,Volume
2023-12-15,171,172.5,169,170,170,1000
2023-12-18,170.5,174,170,173,173,2000
2023-12-19,173,176,172,175,175,3000""",
    "Yahoo-shaped, with Adj Close; tabs; months by name; newest first": """
Date\tOpen\tHigh\tLow\tClose Close price adjusted for splits.\tAdj Close Adjusted close price \
adjusted for splits and dividend and/or capital gain distributions.\tVolume
Dec 19, 2023\t173.00\t176.00\t172.00\t175.00\t175.00\t3,000
Dec 18, 2023\t170.50\t174.00\t170.00\t173.00\t173.00\t2,000
Dec 15, 2023\t171.00\t172.50\t169.00\t170.00\t170.00\t1,000""",
    "Yahoo, with dividends and splits; days of time stamps": """
Date,Open,High,Low,Close,Volume,Dividends,Stock Splits,Capital Gains,Adj Close
2023-12-15 00:00:00-05:00,171,172.5,169,170,1000,0.0,0.0,0.0,170
2023-12-18 00:00:00-05:00,170.5,174,170,173,2000,0.0,0.0,0.0,173
2023-12-19 00:00:00-05:00,173,176,172,175,3000,0.0,0.0,0.0,175""",
    "yfinance download, several header rows": """
Price,Adj Close,Close,High,Low,Open,Volume
Ticker,SMH,SMH,SMH,SMH,SMH,SMH
Date,,,,,,
2023-12-15,170,170,172.5,169,171,1000
2023-12-18,173,173,174,170,170.5,2000
2023-12-19,175,175,176,172,173,3000""",
    "yfinance download, several header rows, auto-adjusted": """
Price,Close,Close,High,High,Low,Low,Open,Open,Volume,Volume
Ticker,IGV,SMH,IGV,SMH,IGV,SMH,IGV,SMH,IGV,SMH
Date,,,,,,,,,,
2023-12-15,1,170,1,172.5,1,169,1,171,1,1000
2023-12-18,1,173,1,174,1,170,1,170.5,1,2000
2023-12-19,1,175,1,176,1,172,1,173,1,3000""",
    "plain open, high, low, close (stooq, Google, MarketWatch and others)": """
,open,high,low,close,volume
2023-12-15,171,172.5,169,170,1000
2023-12-18,170.5,174,170,173,2000
2023-12-19,173,176,172,175,3000""",
    "stooq, bulk; dates as 20240105": """
<TICKER>,<PER>,<DATE>,<TIME>,<OPEN>,<HIGH>,<LOW>,<CLOSE>,<VOL>,<OPENINT>
SMH.US,D,20231215,000000,171,172.5,169,170,1000,0
SMH.US,D,20231218,000000,170.5,174,170,173,2000,0
SMH.US,D,20231219,000000,173,176,172,175,3000,0""",
    "Investing.com; dates month first; newest first": """
"Date","Price","Open","High","Low","Vol.","Change %"
"12/19/2023","175.00","173.00","176.00","172.00","3.00K","1.16%"
"12/18/2023","173.00","170.50","174.00","170.00","2.00K","1.76%"
"12/15/2023","170.00","171.00","172.50","169.00","1.00K","-0.10%" """,
    "Nasdaq.com; dates month first; newest first": """
Date,Close/Last,Volume,Open,High,Low
12/19/2023,$175.00,3000,$173.00,$176.00,$172.00
12/18/2023,$173.00,2000,$170.50,$174.00,$170.00
12/15/2023,$170.00,1000,$171.00,$172.50,$169.00""",
    "Alpha Vantage, adjusted; newest first": """
timestamp,open,high,low,close,adjusted_close,volume,dividend_amount,split_coefficient
2023-12-19,173,176,172,175,175,3000,0.0000,1.0
2023-12-18,170.5,174,170,173,173,2000,0.0000,1.0
2023-12-15,171,172.5,169,170,170,1000,0.0000,1.0""",
    "Alpha Vantage, daily; newest first": """
timestamp,open,high,low,close,volume
2023-12-19,173,176,172,175,3000
2023-12-18,170.5,174,170,173,2000
2023-12-15,171,172.5,169,170,1000""",
    "Tiingo; days of time stamps": """
date,close,high,low,open,volume,adjClose,adjHigh,adjLow,adjOpen,adjVolume,divCash,splitFactor
2023-12-15T00:00:00.000Z,170,172.5,169,171,1000,170,9,9,9,9,0.0,1.0
2023-12-18T00:00:00.000Z,173,174,170,170.5,2000,173,9,9,9,9,0.0,1.0
2023-12-19T00:00:00.000Z,175,176,172,173,3000,175,9,9,9,9,0.0,1.0""",
    "Nasdaq Data Link (WIKI)": """
Date,Open,High,Low,Close,Volume,Ex-Dividend,Split Ratio,Adj. Open,Adj. High,Adj. Low,Adj. Close,\
Adj. Volume
2023-12-15,171,172.5,169,170,1000,0.0,1.0,9,9,9,170,9
2023-12-18,170.5,174,170,173,2000,0.0,1.0,9,9,9,173,9
2023-12-19,173,176,172,175,3000,0.0,1.0,9,9,9,175,9""",
    "EOD Historical Data": """
Date,Open,High,Low,Close,Adjusted_close,Volume
2023-12-15,171,172.5,169,170,170,1000
2023-12-18,170.5,174,170,173,173,2000
2023-12-19,173,176,172,175,175,3000""",
    "R (quantmod, tidyquant)": """
"","SMH.Open","SMH.High","SMH.Low","SMH.Close","SMH.Volume","SMH.Adjusted"
"2023-12-15",171,172.5,169,170,1000,170
"2023-12-18",170.5,174,170,173,2000,173
"2023-12-19",173,176,172,175,3000,175""",
    "Barchart; dates month first; newest first": """
Symbol,Time,Open,High,Low,Last,Change,%Chg,Volume
SMH,12/19/2023,173,176,172,175,2,+1.16%,3000
SMH,12/18/2023,170.5,174,170,173,3,+1.76%,2000
SMH,12/15/2023,171,172.5,169,170,1,+0.10%,1000
"Downloaded from Barchart.com as of 12-19-2023 05:30pm CST" """,
    "Alpaca; days of time stamps": """
symbol,timestamp,open,high,low,close,volume,trade_count,vwap
SMH,2023-12-15 05:00:00+00:00,171,172.5,169,170,1000,1,170
SMH,2023-12-18 05:00:00+00:00,170.5,174,170,173,2000,1,170
SMH,2023-12-19 05:00:00+00:00,173,176,172,175,3000,1,170""",
    "Sharadar": """
ticker,date,open,high,low,close,volume,closeadj,closeunadj,lastupdated
SMH,2023-12-15,171,172.5,169,170,1000,170,170,2024-01-01
SMH,2023-12-18,170.5,174,170,173,2000,173,173,2024-01-01
SMH,2023-12-19,173,176,172,175,3000,175,175,2024-01-01""",
    "Yahoo, with dividends and splits; semicolons; dates day first; decimal commas": """
sep=;
Date;Open;High;Low;Close;Adj Close;Volume;Dividends;Stock Splits
15.12.2023;171;172,5;169;170;170;1.000;;
18.12.2023;170,5;174;170;173;173;2.000;0,0;
19.12.2023;173;176;172;175;175;3.000;0,0;0""",
    "plain open, high, low, close (stooq, Google, MarketWatch and others); dates month first": """
Macrotrends Data Download

SMH - Historical Price and Volume Data

Date, Open, High, Low, Close, Volume
12/15/23,171,172.5,169,170,"1,000"
12/18/23,170.5,174,170,173,"2,000"
12/19/23,173,176,172,175,"3,000" """,
}
