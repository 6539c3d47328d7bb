# cmake -DIN=file -DOUT=file.c -DNAME=symbol -P embed.cmake: a text file as one C string constant.
file(READ ${IN} text)
string(REPLACE "\\" "\\\\" text "${text}")
string(REPLACE "\"" "\\\"" text "${text}")
string(REPLACE "\n" "\\n\"\n\"" text "${text}")
file(WRITE ${OUT} "/* made from ${IN}; edit that */\n#pragma GCC diagnostic ignored \"-Woverlength-strings\"\nextern const char ${NAME}[];\nconst char ${NAME}[] =\n\"${text}\";\n")
